#!/usr/bin/env python3
"""Prints which part of src/ the tests execute, by folder, from gcovr's summary; fails below the limit.

lines.py SUMMARY.json LIMIT
"""
import json
import os
import sys


def main(path, limit):
    with open(path, encoding="utf-8") as file:
        summary = json.load(file)
    folders = {}
    for entry in summary["files"]:
        counts = folders.setdefault(os.path.dirname(entry["filename"]), [0, 0])
        counts[0] += entry["line_covered"]
        counts[1] += entry["line_total"]
    print(f"{'folder':<32} executed    of      %")
    for name, (covered, total) in sorted(folders.items()):
        print(f"{name:<32} {covered:8} {total:5} {100 * covered / total:6.1f}")
    covered, total = summary["line_covered"], summary["line_total"]
    print(f"{'src':<32} {covered:8} {total:5} {100 * covered / total:6.1f}")
    below = [entry for entry in summary["files"] if entry["line_percent"] < limit]
    if below:
        print(f"files below {limit} %:")
    for entry in sorted(below, key=lambda entry: entry["line_percent"]):
        print(f"  {entry['filename']:<30} {entry['line_covered']:8} {entry['line_total']:5} {entry['line_percent']:6.1f}")
    if covered * 100 < total * limit:
        sys.exit(f"lines: {100 * covered / total:.1f} % of src/ is less than {limit} %")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]))
