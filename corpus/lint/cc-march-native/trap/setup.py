"""Builds x.

extra_compile_args = -march=native is not used.
"""
# extra_compile_args=["-march=native"]
import os

args = ["-O3"]
if os.environ.get("X_NATIVE"):
    args.append("-march=native")
print("-march=native")
