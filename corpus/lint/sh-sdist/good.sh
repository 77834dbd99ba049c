#!/bin/sh
python3 setup.py bdist_wheel
git archive --prefix=x/ HEAD | gzip -n > x.tar.gz
