# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots a kernel under qemu, without KVM, with a busybox and our module, and gives its console."""
import os
import shutil
import signal
import subprocess
import tempfile

# Not every kernel can turn the machine off; qemu ends where it would boot anew.
INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
echo 0 > /proc/sys/debug/kprobes-optimization
/bin/busybox insmod /confirm.ko || echo "rcufuzz: refuses: the module is not loaded"
while read -r line; do echo "$line" > /proc/rcufuzz; done < /script
/bin/busybox sleep 1
/bin/busybox reboot -f
"""
# Lines have their time, also where the kernel's configuration does not say so: by it one knows
# since when a machine has been silent. The host may be too slow for what the kernel takes for a
# timer that works.
ARGUMENTS = "console=ttyS0 panic=-1 loglevel=7 oops=panic printk.time=1 no_timer_check"


def initramfs(folder, module, lines, init=INIT):
    """A cpio archive in `folder`; the kernel finds our files in it."""
    root = os.path.join(folder, "root")
    for name in ("bin", "proc", "sys", "dev"):
        os.makedirs(os.path.join(root, name), exist_ok=True)
    shutil.copy("/bin/busybox", os.path.join(root, "bin/busybox"))
    shutil.copy(module, os.path.join(root, "confirm.ko"))
    with open(os.path.join(root, "init"), "w", encoding="utf-8") as file:
        file.write(init)
    os.chmod(os.path.join(root, "init"), 0o755)
    with open(os.path.join(root, "script"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    archive = os.path.join(folder, "initramfs")
    with open(archive, "wb") as file:
        subprocess.run("find . | cpio -o -H newc --quiet | gzip -1", shell=True, cwd=root,
                       stdout=file, check=True)
    return archive


def boot(image, archive, cpus, arguments, seconds, devices=()):
    """The console's text, and the seconds after which the machine had to be stopped, if so."""
    # A kernel without ACPI hears of one CPU for each socket.
    command = ["qemu-system-x86_64", "-nographic", "-no-reboot", "-nic", "none", "-m", "1024",
               "-smp", f"{cpus},sockets={cpus},cores=1,threads=1", "-accel", "tcg,thread=multi",
               *devices, "-kernel", image, "-initrd", archive,
               "-append", f"{ARGUMENTS} {arguments}".strip()]
    with tempfile.TemporaryFile() as console:
        machine = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        stopped_after = None
        try:
            machine.wait(seconds)
        except subprocess.TimeoutExpired:
            stopped_after = seconds
        finally:
            # Also where somebody interrupts us.
            if machine.poll() is None:
                os.killpg(machine.pid, signal.SIGKILL)
                machine.wait()
        console.seek(0)
        return console.read().decode(errors="replace"), stopped_after
