# build_ext sorts the sources of an extension.
from glob import glob
from setuptools import Extension, setup

sources = glob("src/*.c")
setup(
    name="x",
    ext_modules=[
        Extension("x", sources=sources),
        Extension("y", glob("y/*.c")),
    ],
)
