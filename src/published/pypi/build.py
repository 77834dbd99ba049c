"""Builds a wheel of the source in `source/` with the tools in `tools/` and nothing else: a new virtual environment, then the
hooks of PEP 517. Runs in the sandbox, without network. What the source asks for and is not there goes to `out/missing.json`.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, "venv")
SRC = os.path.join(ROOT, "src")
OUT = os.path.join(ROOT, "out")


def load(name):
    with open(os.path.join(ROOT, "kit", name)) as file:
        return json.load(file)


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def scripts(text):
    """The console scripts of an entry_points.txt."""
    wanted = False
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            wanted = line == "[console_scripts]"
        elif wanted and "=" in line:
            name, target = line.split("=", 1)
            yield name.strip(), target.split("[")[0].strip()


def install(wheel, site):
    """Unpacks a wheel as an installer does, but for its records."""
    programs = os.path.join(VENV, "bin")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            parts = name.split("/")
            to = site
            if parts[0].endswith(".data") and len(parts) > 2:
                to = {"scripts": programs, "data": VENV}.get(parts[1], site)
                parts = parts[2:]
            if not parts[-1] or ".." in parts or name.startswith("/"):
                continue
            path = os.path.join(to, *parts)
            if not os.path.isdir(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path))
            data = archive.read(name)
            if to == programs:
                data = re.sub(b"^#!python[^\n]*", b"#!" + os.path.join(programs, "python").encode(), data)
            with open(path, "wb") as file:
                file.write(data)
            if to == programs or archive.getinfo(name).external_attr >> 16 & 0o111:
                os.chmod(path, 0o755)
            if parts[-1] == "entry_points.txt":
                for script, target in scripts(data.decode("utf-8", "replace")):
                    program(os.path.join(programs, script), target)


def program(path, target):
    module, _, function = target.partition(":")
    with open(path, "w") as file:
        file.write("#!%s\nimport sys\nfrom %s import %s\nsys.exit(%s())\n" % (
            os.path.join(VENV, "bin", "python"), module, function.split(".")[0], function))
    os.chmod(path, 0o755)


def unpack(archive):
    """What is in the one folder of the archive becomes SRC."""
    if os.path.isdir(archive):
        os.rename(archive, SRC)
        return
    os.mkdir(SRC)
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as file:
            file.extractall(ROOT + "/unzipped")
        inner = os.listdir(ROOT + "/unzipped")
        os.rmdir(SRC)
        os.rename(os.path.join(ROOT, "unzipped", inner[0]), SRC)
    else:
        subprocess.check_call(
            ["tar", "--extract", "--file", archive, "--directory", SRC, "--strip-components=1", "--no-same-owner"]
        )


def settle(times):
    """Permissions by the umask, as a checkout has them; times as they are asked for."""
    mask = os.umask(0)
    os.umask(mask)
    for folder, _, names in os.walk(SRC):
        os.chmod(folder, 0o777 & ~mask)
        for name in names:
            path = os.path.join(folder, name)
            if os.path.islink(path):
                continue
            run = os.stat(path).st_mode & 0o100
            os.chmod(path, (0o777 if run else 0o666) & ~mask)
            time = shown(os.path.relpath(path, SRC).split("/"), times)
            if time is not None:
                os.utime(path, (time, time))


def shown(parts, times):
    """The time that a member shows which comes from this file of the source."""
    for start in range(len(parts)):
        name = "/".join(parts[start:])
        # A bare name may be that of many files.
        if name in times and (start <= 1 or len(parts) - start > 1):
            return times[name]
    if len(parts) == 1:
        # Licences lie among the metadata.
        ends = [".dist-info/" + parts[0], ".dist-info/licenses/" + parts[0]]
        found = [times[name] for name in times if any(name.endswith(end) for end in ends)]
        return found[0] if found else None
    return None


def missing(requirements, site):
    there = set(plain(name.split("-")[0]) for name in os.listdir(site) if name.endswith((".dist-info", ".egg-info")))
    names = [(re.match(r"\s*([A-Za-z0-9._-]+)", text), text) for text in requirements]
    return [text for name, text in names if name and ";" not in text and plain(name.group(1)) not in there]


def prepare(plan):
    import venv

    venv.create(VENV, with_pip=False, symlinks=True)
    site = [os.path.join(VENV, "lib", name, "site-packages") for name in os.listdir(VENV + "/lib")][0]
    tools = os.path.join(ROOT, "tools")
    for name in sorted(os.listdir(tools)) if os.path.isdir(tools) else []:
        if name.endswith(".whl"):
            install(os.path.join(tools, name), site)
    unpack(os.path.join(ROOT, "source", os.listdir(os.path.join(ROOT, "source"))[0]))
    settle(load("times.json"))
    if plan.get("python-tag"):
        # The one file of settings that every setuptools reads.
        with open(os.path.expanduser("~/.pydistutils.cfg"), "w") as file:
            file.write("[bdist_wheel]\npython-tag=%s\n" % plan["python-tag"])
    return site


def main():
    plan = load("plan.json")
    if "--hook" not in sys.argv:
        site = prepare(plan)
        python = os.path.join(VENV, "bin", "python")
        os.environ["PATH"] = os.path.join(VENV, "bin") + os.pathsep + os.environ["PATH"]
        os.environ["VIRTUAL_ENV"] = VENV
        os.execv(python, [python, os.path.abspath(__file__), "--hook", site])
    site = sys.argv[-1]
    os.mkdir(OUT)
    os.chdir(SRC)
    sys.argv = ["setup.py"]
    sys.path = [path for path in sys.path if os.path.abspath(path) != os.path.join(ROOT, "kit")]
    sys.path[:0] = [os.path.join(SRC, path) for path in json.loads(plan.get("backend-path", "[]"))]
    name, _, member = plan["backend"].partition(":")
    __import__(name)
    backend = sys.modules[name]
    for part in member.split(".") if member else []:
        backend = getattr(backend, part)
    settings = json.loads(plan.get("config-settings", "null"))
    ask = getattr(backend, "get_requires_for_build_wheel", lambda settings: [])
    lacking = missing(ask(settings), site)
    if lacking:
        with open(os.path.join(OUT, "missing.json"), "w") as file:
            json.dump(lacking, file)
        return
    backend.build_wheel(OUT, settings)


main()
