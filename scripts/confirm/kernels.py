# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels to boot, and the module for them. What is fetched or built stays in build/kernel/boot.

A Debian package's kernel is fetched and unpacked there, not installed. Any other is built once from
the tree, with the files over it that the simulated kernel's build had."""
import contextlib
import fcntl
import glob
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.realpath(__file__))
REPOSITORY = os.path.realpath(os.path.join(HERE, "../.."))
MODULE = os.path.join(REPOSITORY, "core/linux/confirm")


class NoKernel(Exception):
    """Why there is none, in one line."""


COMMAND = "scripts/kernel confirm"  # or another that uses this


def say(text):
    print(f"{COMMAND}: {text}", flush=True)


def run(command, log=None, cwd=None):
    """The output; raises NoKernel with its last line."""
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace")
    if log:
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(command)}\n{text}")
    if done.returncode:
        errors = [line for line in text.splitlines() if "rror" in line] or text.splitlines()[-1:]
        raise NoKernel(f"{command[0]} fails: {(errors or [''])[0]}" +
                       (f"; see {log}" if log else ""))
    return text


def need(packages):
    """Installs what is missing; `packages`: name -> a program or file that it brings."""
    missing = [name for name, brings in packages.items()
               if not shutil.which(brings) and not os.path.exists(brings)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise NoKernel(f"needs {', '.join(missing)}, and there is no apt to install them")
    say(f"installs {', '.join(missing)} (a minute)")
    run(["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "--yes",
         "--no-install-recommends", *missing])


@contextlib.contextmanager
def alone(folder):
    """Others who fetch or build there wait."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "lock"), "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Kernel:
    """What is there to boot: `image`; `headers` to build a module with; `vmlinux` for lines.
    `folder`: for its module, which is as new as `made_with`, the image where nothing is said."""

    def __init__(self, name, folder, image, headers, vmlinux, made_with=None):
        self.name, self.folder = name, folder
        self.image, self.headers, self.vmlinux = image, headers, vmlinux
        self.made_with = made_with or image

    def module(self, own=MODULE):
        """That of a folder of ours, built where its sources or the kernel are new."""
        sources = [os.path.join(own, name) for name in sorted(os.listdir(own))
                   if name == "Kbuild" or name.endswith((".c", ".h"))]
        built = os.path.join(self.folder, "module", f"rcufuzz_{os.path.basename(own)}.ko")
        if os.path.exists(built) and os.path.getmtime(built) > max(
                os.path.getmtime(one) for one in [*sources, self.made_with]):
            return built
        folder = os.path.dirname(built)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        for one in sources:
            shutil.copy(one, folder)
        run(["make", "-C", self.headers, f"M={folder}", f"RCUFUZZ_ROOT={REPOSITORY}", "CC=gcc-12",
             "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"], log=os.path.join(folder, "log"))
        run(["strip", "--strip-debug", built])
        return built


# --- of a package -----------------------------------------------------------------------------

def package_of(version):
    """The image package of Debian's with this kernel version, as "6.12.117"."""
    series = ".".join(version.split(".")[:2])
    found = run(["apt-cache", "search", "--names-only", f"^linux-image-{series}[.0-9]*.*-amd64$"])
    names = [line.split()[0] for line in found.splitlines()]
    for name in sorted((one for one in names if not re.search("-rt-|-cloud-|unsigned", one)),
                       key=natural, reverse=True):
        shown = run(["apt-cache", "show", "--no-all-versions", name])
        if re.search(rf"^Version: {re.escape(version)}-", shown, re.MULTILINE):
            return name
    raise NoKernel(f"apt knows no linux-image package of {version}; apt-get update, or --kernel")


def natural(name):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def headers_of(package):
    name = package.replace("linux-image-", "linux-headers-")
    depends = run(["apt-cache", "depends", "--important", name])
    others = re.findall(r"Depends: (linux-headers-\S+-common|linux-kbuild-\S+)", depends)
    return [name, *others]


def of_package(package, boot, lines):
    """`lines`: also its debugging information, a gigabyte to fetch, a third of one to keep."""
    folder = os.path.join(boot, package)
    root = os.path.join(folder, "root")
    release = package.replace("linux-image-", "")
    image = os.path.join(root, "boot", f"vmlinuz-{release}")
    vmlinux = os.path.join(root, "usr/lib/debug/boot", f"vmlinux-{release}")
    if not os.path.exists(os.path.join(folder, "unpacked")):
        say(f"fetches {package} and its headers (125 MB)")
        fetch_and_unpack([package, *headers_of(package)], folder, root)
        relocate_headers(root)
        with open(os.path.join(folder, "unpacked"), "w", encoding="utf-8"):
            pass
    if lines and not os.path.exists(vmlinux):
        fetch_lines(package, folder, vmlinux)
    headers = os.path.join(root, "usr/src", f"linux-headers-{release}")
    return Kernel(package, folder, image, headers, vmlinux if os.path.exists(vmlinux) else None)


def fetch(packages, folder):
    os.makedirs(folder, exist_ok=True)
    run(["apt-get", "download", *packages], cwd=folder)


def fetch_and_unpack(packages, folder, root):
    shutil.rmtree(folder, ignore_errors=True)
    fetch(packages, folder)
    os.makedirs(root)
    for deb in glob.glob(os.path.join(folder, "*.deb")):
        run(["dpkg", "-x", deb, root])
        os.remove(deb)


def relocate_headers(root):
    """They name each other by where they are installed."""
    sources = os.path.join(root, "usr/src")
    for makefile in glob.glob(os.path.join(sources, "*/Makefile")):
        with open(makefile, encoding="utf-8") as file:
            text = file.read()
        if len(text) < 1000:
            with open(makefile, "w", encoding="utf-8") as file:
                file.write(text.replace("/usr/src/", sources + "/"))


def fetch_lines(package, folder, vmlinux):
    say(f"fetches {package}-dbg to find lines in (1 GB, of which it keeps 350 MB; two minutes)")
    fetch([package + "-dbg"], folder)
    deb = glob.glob(os.path.join(folder, "*-dbg_*.deb"))[0]
    part = os.path.join(folder, "part")
    os.makedirs(part, exist_ok=True)
    member = "./" + vmlinux[vmlinux.index("usr/lib/debug"):]
    try:
        run(["sh", "-c", f"dpkg-deb --fsys-tarfile '{deb}' | tar -x -C '{part}' --occurrence=1 "
                         f"'{member}'"])
        os.makedirs(os.path.dirname(vmlinux), exist_ok=True)
        os.replace(os.path.join(part, member), vmlinux)
    finally:
        os.remove(deb)
        shutil.rmtree(part, ignore_errors=True)


# --- of a folder ------------------------------------------------------------------------------

def of_folder(folder):
    """Where somebody has built a kernel."""
    folder = os.path.realpath(folder)
    image = os.path.join(folder, "arch/x86/boot/bzImage")
    for needed in (image, os.path.join(folder, "Module.symvers")):
        if not os.path.exists(needed):
            raise NoKernel(f"{folder}: no kernel was built there, it has no "
                           f"{os.path.relpath(needed, folder)}")
    vmlinux = os.path.join(folder, "vmlinux")
    own = os.path.join(REPOSITORY, "build/kernel/boot/of-folders",
                       folder.strip("/").replace("/", "+"))
    return Kernel(folder, own, image, folder, vmlinux if os.path.exists(vmlinux) else None)
