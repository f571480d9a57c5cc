// SPDX-License-Identifier: GPL-2.0-or-later
//
// Formatted text, as far as the kernel code that runs here uses it. Addresses are not printed: what
// is said must not depend on where things lie.
#include "core/linux/runtime/runtime.h"

#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>

struct out {
	char *to;
	size_t size;
	size_t length;
};

static void put(struct out *out, char c)
{
	if (out->length + 1 < out->size)
		out->to[out->length] = c;
	out->length++;
}

static void put_padded(struct out *out, const char *text, int length, int width, char pad,
		       bool left)
{
	int i;

	for (i = length; !left && i < width; i++)
		put(out, pad);
	for (i = 0; i < length; i++)
		put(out, text[i]);
	for (i = length; left && i < width; i++)
		put(out, ' ');
}

static void put_number(struct out *out, unsigned long value, bool negative, unsigned int base,
		       int width, char pad, bool left)
{
	char digits[24];
	int at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative)
		digits[--at] = '-';
	put_padded(out, digits + at, sizeof(digits) - at, width, pad, left);
}

struct spec {
	int width, precision, longs;
	char pad;
	bool left;
};

static const char *parse_spec(const char *f, struct spec *s, va_list *args)
{
	*s = (struct spec) { 0, -1, 0, ' ', false };
	for (;; f++) {
		if (*f == '-')
			s->left = true;
		else if (*f == '0')
			s->pad = '0';
		else if (*f != '+' && *f != '#' && *f != ' ')
			break;
	}
	if (*f == '*') {
		s->width = va_arg(*args, int);
		f++;
	}
	while (isdigit(*f))
		s->width = s->width * 10 + *f++ - '0';
	if (*f == '.') {
		s->precision = 0;
		f++;
		if (*f == '*') {
			s->precision = va_arg(*args, int);
			f++;
		}
		while (isdigit(*f))
			s->precision = s->precision * 10 + *f++ - '0';
	}
	for (; *f == 'l' || *f == 'z' || *f == 'h' || *f == 't'; f++)
		s->longs += *f != 'h';
	return f;
}

static void put_signed(struct out *out, const struct spec *s, va_list *args)
{
	long value = s->longs ? va_arg(*args, long) : va_arg(*args, int);

	put_number(out, value < 0 ? -(unsigned long)value : value, value < 0, 10, s->width, s->pad,
		   s->left);
}

static void put_string(struct out *out, const struct spec *s, const char *text)
{
	int length = 0;

	if (!text)
		text = "(null)";
	while ((s->precision < 0 || length < s->precision) && text[length])
		length++;
	put_padded(out, text, length, s->width, ' ', s->left);
}

/* The pointers that say more than an address: text and masks are not told. */
static const char *put_pointer(struct out *out, const char *f)
{
	put_padded(out, "<ptr>", 5, 0, ' ', false);
	while (isalnum(f[1]))
		f++;
	return f;
}

int format(char *to, size_t size, const char *fmt, va_list list)
{
	struct out out = { to, size, 0 };
	struct spec s;
	va_list args;
	const char *f;

	va_copy(args, list);
	for (f = fmt; *f; f++) {
		if (*f != '%') {
			put(&out, *f);
			continue;
		}
		f = parse_spec(f + 1, &s, &args);
		if (!*f)
			break;
		if (*f == 'd' || *f == 'i') {
			put_signed(&out, &s, &args);
		} else if (*f == 'u' || *f == 'x' || *f == 'X' || *f == 'o') {
			put_number(&out, s.longs ? va_arg(args, unsigned long) :
						   va_arg(args, unsigned int), false,
				   *f == 'u' ? 10 : *f == 'o' ? 8 : 16, s.width, s.pad, s.left);
		} else if (*f == 's') {
			put_string(&out, &s, va_arg(args, const char *));
		} else if (*f == 'c') {
			put(&out, va_arg(args, int));
		} else if (*f == 'p') {
			va_arg(args, void *);
			f = put_pointer(&out, f);
		} else {
			put(&out, *f);
		}
	}
	va_end(args);
	if (size)
		to[min(out.length, size - 1)] = 0;
	return out.length;
}

int vsnprintf(char *to, size_t size, const char *fmt, va_list args)
{
	return format(to, size, fmt, args);
}

int snprintf(char *to, size_t size, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = format(to, size, fmt, args);
	va_end(args);
	return length;
}

int scnprintf(char *to, size_t size, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = format(to, size, fmt, args);
	va_end(args);
	return size ? min_t(int, length, size - 1) : 0;
}

int sprintf(char *to, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = format(to, INT_MAX, fmt, args);
	va_end(args);
	return length;
}

char *kvasprintf(gfp_t flags, const char *fmt, va_list args)
{
	char text[128];
	char *copy;

	format(text, sizeof(text), fmt, args);
	copy = kmalloc(strlen(text) + 1, flags);
	if (copy)
		strcpy(copy, text);
	return copy;
}

char *kasprintf(gfp_t flags, const char *fmt, ...)
{
	va_list args;
	char *copy;

	va_start(args, fmt);
	copy = kvasprintf(flags, fmt, args);
	va_end(args);
	return copy;
}
