"""``python -m bench [NAME ...] [--json FILE]``: run the benches, print a table, exit 1 on a missed floor."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.harness import bench_names, pin_threads, print_table, run_benches, write_json


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    known = bench_names()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure against peers and limits.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all by default; known: {', '.join(known)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - set(known))
    if unknown:
        parser.error(f"unknown bench {', '.join(unknown)}; known: {', '.join(known)}")
    return given


def main(arguments: list[str] | None = None) -> int:
    pin_threads()
    given = parse(arguments)
    outcome = run_benches(given.names or bench_names(), say=lambda text: print(text, file=sys.stderr))
    print_table(outcome.rows)
    if given.json:
        write_json(outcome, given.json)
    return outcome.exit_code


if __name__ == "__main__":
    sys.exit(main())
