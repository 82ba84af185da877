#!/usr/bin/env python3
"""CPU time of building from nothing, an earlier commit against the present one.

  bench/build_time.py COMMIT [--with HEAD] [--steps release,dev] [--rounds 1] [--jobs 2] [--deps .deps]

Checks both commits out into worktrees of a temporary folder and runs the steps with each in turn, without a compiler
cache: `release` builds the program; `dev`, `tsan` and `integration` build and run the tests as `run-tests` does. The
CPU time (user + system, all child processes) hardly depends on what else the machine does, unlike the time on the clock.
"""
import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# step -> (preset, targets, options of ctest or None)
STEPS = {
    "release": ("release", ["overland"], None),
    "dev": ("dev", ["all"], ["-LE", "integration"]),
    "tsan": ("tsan", ["thread_tests"], ["-L", "threads"]),
    "integration": ("release", ["overland", "test_base"], ["-L", "integration"]),
}


def cpu_seconds(command, folder):
    """CPU seconds of one command and of all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(c) for c in command], cwd=folder, env={**os.environ, "CCACHE_DISABLE": "1"},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"failed in {folder}: {' '.join(map(str, command))}\n{done.stdout[-4000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def run_step(step, tree, options):
    """Builds a step from nothing and runs its tests; (CPU seconds of the build, of the tests)."""
    preset, targets, ctest = STEPS[step]
    shutil.rmtree(tree / "build", ignore_errors=True)
    cpu_seconds(["cmake", "--preset", preset, f"-DOVERLAND_PYARROW={options.deps}/pyarrow/pyarrow"], tree)
    build = cpu_seconds(["cmake", "--build", "--preset", preset, "-j", options.jobs, "--target", *targets], tree)
    if ctest is None:
        return build, 0.0
    return build, cpu_seconds(["ctest", "--test-dir", f"build/{preset}", "-j", options.jobs, *ctest], tree)


def measure(options, trees):
    """Least CPU seconds over the rounds: {(step, part): [of the earlier, of the present commit]}."""
    least = {}
    for _ in range(options.rounds):
        for step in options.steps:
            for which, tree in enumerate(trees):
                for part, seconds in zip(("build", "tests"), run_step(step, tree, options)):
                    row = least.setdefault((step, part), [float("inf")] * len(trees))
                    row[which] = min(row[which], seconds)
                    print(f"  {step} {part} {tree.name}: {seconds:.1f} s", file=sys.stderr)
    return least


def print_table(least, names):
    print(f"| step | part | {names[0]} (CPU s) | {names[1]} (CPU s) | ratio |\n| --- | --- | --- | --- | --- |")
    for (step, part), (old, new) in least.items():
        if old > 0:
            print(f"| {step} | {part} | {old:.1f} | {new:.1f} | {new / old:.2f} |")
    old, new = (sum(row[which] for row in least.values()) for which in (0, 1))
    print(f"| all | | {old:.1f} | {new:.1f} | {new / old:.2f} |")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="the earlier commit")
    parser.add_argument("--with", dest="present", default="HEAD", help="the commit to compare it with")
    parser.add_argument("--steps", default="release,dev", help=f"of {', '.join(STEPS)}")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--deps", type=pathlib.Path, default=ROOT / ".deps", help="the folder that holds pyarrow/")
    options = parser.parse_args()
    options.steps = options.steps.split(",")
    unknown = [s for s in options.steps if s not in STEPS]
    if unknown:
        parser.error(f"unknown steps: {', '.join(unknown)}")
    options.deps = options.deps.resolve()
    return options


def main():
    options = parse()
    with tempfile.TemporaryDirectory(prefix="overland-build-time-") as folder:
        trees = [pathlib.Path(folder) / "earlier", pathlib.Path(folder) / "present"]
        try:
            for tree, commit in zip(trees, (options.commit, options.present)):
                subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", tree, commit], check=True)
            print_table(measure(options, trees), (options.commit, options.present))
        finally:
            for tree in trees:
                subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", tree], stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
