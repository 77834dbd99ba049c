"""What a run of repro build costs over the plain build: processor time of everything, and the wall clock."""
import json, os, pathlib, statistics, subprocess, tempfile, time

import project

COMMAND = "./configure >/dev/null && make -s"
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}


def measured(command, folder):
    """Seconds of processor time, children included, and of the wall clock."""
    start = time.monotonic()
    with open(f"{folder}.out", "wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), f"{command}: status {process.returncode}"
    return used.ru_utime + used.ru_stime, time.monotonic() - start


def run(program, smoke):
    """One after the other in each round, so that whatever else the machine does falls on all of them."""
    rounds, files = (1, 3) if smoke else (5, 40)
    build = [program, "build", "--format", "json", "--artifact", "program"]
    ways = {"plain": ["sh", "-c", COMMAND], "control": [*build, "--vary", "control", "--", COMMAND]}
    if not smoke:
        ways["experiment"] = [*build, "--", COMMAND]
    found, runs = {way: [] for way in ways}, 1
    for number in range(rounds):
        for way, command in ways.items():
            if way == "experiment" and number:
                continue
            with tempfile.TemporaryDirectory() as folder:
                source = pathlib.Path(folder) / "source"
                project.write(source, files)
                found[way].append(measured(command, source))
                if way == "experiment":
                    runs = len(json.loads(pathlib.Path(f"{source}.out").read_bytes())["runs"])
    middle = {way: [statistics.median(side) for side in zip(*figures)] for way, figures in found.items()}
    if not smoke:
        middle[f"each of {runs}"] = [seconds / runs for seconds in middle["experiment"]]
    print(f"{files} files, median of {rounds}")
    print(f"{'':<12} {'CPU s':>8} {'÷ plain':>8} {'wall s':>8} {'÷ plain':>8}")
    for way, (cpu, wall) in middle.items():
        print(f"{way:<12} {cpu:>8.2f} {cpu / middle['plain'][0]:>8.2f} {wall:>8.2f} {wall / middle['plain'][1]:>8.2f}")
