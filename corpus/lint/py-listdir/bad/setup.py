# places: 1
from glob import glob
from setuptools import Extension, setup

objects = glob("prebuilt/*.o")
setup(name="x", ext_modules=[Extension("x", ["x.c"], extra_objects=objects)])
