#!/bin/sh
#MSUB -a 202601010000
#MSUB -l nodes=1
rm -rf /scratch/old
