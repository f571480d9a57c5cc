# SPDX-License-Identifier: GPL-2.0-or-later
"""Patches as people have them: plain diffs, files of git format-patch, mboxes as of lore."""
import collections
import email
import email.header
import gzip
import os
import re
import subprocess
import tempfile

import answer

Patch = collections.namedtuple("Patch", "title diff")  # text, bytes

HAS_DIFF = re.compile(rb"^(diff --git |--- [^\n]+\n\+\+\+ )", re.MULTILINE)
IS_MAIL = re.compile(rb"\A(?:[A-Za-z0-9-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?i:subject):")
TAG = re.compile(r"\[([^\]]*\bPATCH\b[^\]]*)\]")


def run_git(*words, stdin=b"", cwd=None):
    result = subprocess.run(["git", *words], input=stdin, cwd=cwd, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, check=False)
    return result.returncode, result.stdout, result.stderr.decode(errors="replace").strip()


def content_of(path):
    try:
        with open(path, "rb") as file:
            content = file.read()
        return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except (OSError, EOFError) as error:
        raise answer.usage(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def with_newlines(text):
    """Mail programs send CRLF; no file of a kernel has it."""
    return text.replace(b"\r\n", b"\n")


def mails_of(content, folder):
    """The mails of an mbox, or the one that the content is."""
    if not content.startswith(b"From "):
        return [content]
    code, _, error = run_git("mailsplit", "--mboxrd", "-o" + folder, stdin=content)
    if code != 0:
        raise answer.usage(f"not an mbox: {error}")
    mails = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            mails.append(file.read())
    return mails


def subject_of(mail):
    subject = email.message_from_bytes(mail).get("Subject", "")
    text = str(email.header.make_header(email.header.decode_header(subject)))
    return " ".join(text.split())


def diff_of(mail, folder):
    """What git am would apply: decoded, without the message; empty where there is no diff."""
    patch = os.path.join(folder, "patch")
    code, _, error = run_git("mailinfo", os.path.join(folder, "message"), patch, stdin=mail)
    if code != 0:
        raise answer.usage(f"a mail that git mailinfo does not read: {error}")
    with open(patch, "rb") as file:
        diff = with_newlines(file.read())
    return diff if HAS_DIFF.search(diff) else b""


def place_in_series(subject):
    """(version, number) as of [PATCH v3 2/7]."""
    tag = TAG.search(subject)
    words = tag.group(1) if tag else ""
    version = re.search(r"\bv(\d+)\b", words)
    number = re.search(r"\b(\d+)/\d+\b", words)
    return int(version.group(1)) if version else 1, int(number.group(1)) if number else 0


def patches_of_mails(mails):
    """Covers and answers have no diff, or are answers; of several versions the newest counts."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for mail in mails:
            diff = diff_of(mail, folder)
            if diff:
                found.append((subject_of(mail), diff))
    proper = [one for one in found if not one[0].lower().startswith("re:")] or found
    newest = max((place_in_series(subject)[0] for subject, _ in proper), default=1)
    proper = [one for one in proper if place_in_series(one[0])[0] == newest]
    if all(place_in_series(subject)[1] for subject, _ in proper):
        proper.sort(key=lambda one: place_in_series(one[0])[1])
    return [Patch(TAG.sub("", subject).strip() or "no subject", diff) for subject, diff in proper]


def read_patches(paths):
    """In the order in which they are to be applied."""
    patches = []
    for path in paths:
        content = with_newlines(content_of(path))
        with tempfile.TemporaryDirectory() as folder:
            if content.startswith(b"From ") or IS_MAIL.match(content):
                found = patches_of_mails(mails_of(content, folder))
            else:
                found = [Patch(os.path.basename(path), content)] if HAS_DIFF.search(content) else []
        if not found:
            raise answer.usage(f"{path}: there is no patch in it")
        patches += found
    return patches


def strip_of(patch, tree):
    """-p0 for what git config diff.noprefix makes: paths that begin with a folder of the tree."""
    names = re.findall(r"^\+\+\+ ([^/\s]+)/", patch.diff.decode(errors="replace"), re.MULTILINE)
    return "-p0" if any(os.path.isdir(os.path.join(tree, name)) for name in names) else "-p1"


def files_of(patch, tree):
    """The paths that a patch changes, as they are called afterwards."""
    code, out, error = run_git("apply", strip_of(patch, tree), "--numstat", "-z",
                               stdin=patch.diff, cwd="/")
    if code != 0:
        raise answer.usage(f'"{patch.title}": {error.splitlines()[0]}')
    return [entry.split(b"\t", 2)[2].decode() for entry in out.split(b"\0") if b"\t" in entry]
