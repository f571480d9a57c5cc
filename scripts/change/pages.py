# SPDX-License-Identifier: GPL-2.0-or-later
"""A page of each find, with the kernel's own lines at each step, and one that leads to them."""
import html
import os
import subprocess

import answer
import screen

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 1rem auto; padding: 0 1rem; max-width: 64rem;
        font: 15px/1.5 system-ui, sans-serif; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.45 ui-monospace, monospace; }}
li {{ margin: .4rem 0; overflow-wrap: anywhere; }}
</style></head><body>
"""

KINDS = (("introduced", "Introduced"), ("mended", "Mended"), ("both", "In both"))


def write_pages(result, folder):
    """Also where nothing was found: then it says so."""
    try:
        os.makedirs(folder, exist_ok=True)
        text = HEAD.format(title="rcufuzz: " + html.escape(result.label))
        for which, title in KINDS:
            text += list_of(result, folder, which, title)
        text += f"<pre>{html.escape(screen.text(result))}</pre>\n</body></html>\n"
        with open(os.path.join(folder, "index.html"), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise answer.usage(f"--html {folder}: {error.strerror}") from error


def list_of(result, folder, which, title):
    found = result.finds(which)
    if not found:
        return ""
    rows = [f"<h2>{title}</h2>\n<ul>"]
    for pair, find in found:
        side = pair.base if which == "mended" else pair.changed
        name = html.escape(f"{find.verdict} at {find.site}" if find.site else find.verdict)
        page = write_page(side, find, folder)
        link = f'<a href="{html.escape(page)}">{name}</a>' if page else name
        blame = result.blame(pair, find)
        rows.append(f"<li>{link}: {html.escape(find.detail)}"
                    f"{', by ' + html.escape(blame) if blame else ''}</li>")
    return "\n".join(rows) + "\n</ul>\n"


def write_page(side, find, folder):
    """Its name; empty where there is no plan, or nothing to be told."""
    if not find.plan:
        return ""
    page = find.identity.replace("/", "-")[:150] + ".html"
    done = subprocess.run([side.program, "explain", find.plan, *side.subject, "--format", "html",
                           "-f", "-o", os.path.join(folder, page)], env=side.env,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return page if done.returncode == 0 else ""
