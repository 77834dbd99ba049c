#!/bin/sh
#MSUB -a 202606010000
#MSUB -l nodes=1
rm -rf /scratch/old
