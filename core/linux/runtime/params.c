// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel command line: __setup() functions and module parameters, in the kernel's own tables.
#include "core/linux/runtime/runtime.h"

#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

extern const struct obs_kernel_param __setup_start[], __setup_end[];
extern const struct kernel_param __start___param[], __stop___param[];

static bool setup_takes(char *word)
{
	const struct obs_kernel_param *p;
	bool taken = false;

	for (p = __setup_start; p < __setup_end; p++) {
		size_t length = strlen(p->str);

		if (strncmp(word, p->str, length))
			continue;
		/* An early parameter's name is whole; the others end in '=' or stand alone. */
		if (p->early && word[length] != '=' && word[length])
			continue;
		p->setup_func(word + length + (p->early && word[length] == '='));
		taken = true;
	}
	return taken;
}

static const struct kernel_param *parameter(const char *name, size_t length)
{
	const struct kernel_param *p;

	for (p = __start___param; p < __stop___param; p++)
		if (strlen(p->name) == length && !strncmp(p->name, name, length))
			return p;
	return NULL;
}

int has_parameter(const char *name)
{
	return !!parameter(name, strlen(name));
}

static bool parameter_takes(char *word)
{
	char *value = strchr(word, '=');
	const struct kernel_param *p = parameter(word, value ? value - word : strlen(word));

	return p && p->ops->set(value ? value + 1 : NULL, p) == 0;
}

/* Who boots it is told, and goes no further: it is no fault of the kernel. */
static const char *unknown;

void parse_parameters(char *line)
{
	char *word;

	while ((word = strsep(&line, " ")))
		if (*word && !setup_takes(word) && !parameter_takes(word) && !unknown)
			unknown = word;
}

const char *unknown_parameter(void)
{
	return unknown;
}

/* --- values ------------------------------------------------------------------------------- */

#define NUMBER(name, type, parse)                                                        \
int param_set_##name(const char *value, const struct kernel_param *p)                    \
{                                                                                        \
	return value ? parse(value, 0, (type *)p->arg) : -EINVAL;                        \
}                                                                                        \
int param_get_##name(char *to, const struct kernel_param *p) { return 0; }               \
const struct kernel_param_ops param_ops_##name = {                                       \
	.set = param_set_##name, .get = param_get_##name                                 \
}

NUMBER(int, int, kstrtoint);
NUMBER(uint, unsigned int, kstrtouint);
NUMBER(long, long, kstrtol);
NUMBER(ulong, unsigned long, kstrtoul);

int param_set_bool(const char *value, const struct kernel_param *p)
{
	return kstrtobool(value ? value : "1", p->arg);
}
int param_get_bool(char *to, const struct kernel_param *p) { return 0; }
const struct kernel_param_ops param_ops_bool = {
	.set = param_set_bool, .get = param_get_bool
};
