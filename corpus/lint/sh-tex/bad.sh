#!/bin/sh
pdflatex -interaction=nonstopmode paper.tex
