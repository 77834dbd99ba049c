from setuptools import Extension, setup

setup(ext_modules=[Extension("x", ["x.c"], extra_compile_args=["-O3", "-march=native"])])
