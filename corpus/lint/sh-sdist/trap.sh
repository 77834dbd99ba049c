#!/bin/sh
python3 setup.py install
twine upload dist/*
echo "run setup.py sdist"
make sdist
