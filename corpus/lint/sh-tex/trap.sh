#!/bin/sh
pdflatex --version
latexmk -c
echo pdflatex paper.tex
latex paper.tex
