#!/bin/sh
# An array job for Slurm: each task does one shard of a list, and goes on where it was when it is requeued.
#
#   sbatch --array=1-20 --export=ALL,REPRO_SHARDS=20,REPRO_LIST=pairs.tsv,REPRO_OUT=out templates/slurm.sh
#
# and, when all tasks have ended, whatever became of them:
#
#   sbatch --dependency=afterany:JOB --wrap='repro merge out/*.jsonl --list pairs.tsv --also html=report.html'
#
# A task that died is done again by `scontrol requeue JOB_TASK`, or by sbatch with --array=TASK alone and the same REPRO_SHARDS.
#SBATCH --job-name=repro
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu
: "${REPRO_SHARDS:?how many shards there are: the last number of --array}"
: "${REPRO_LIST:?the list of items}"
: "${REPRO_OUT:=.}"
: "${REPRO:=repro}"
# What is done with each item: `hash --list`, `lint --list`, `rebuild --list`, `build --matrix`.
: "${REPRO_DO:=diff --pairs}"
mkdir -p "$REPRO_OUT"
shard=${SLURM_ARRAY_TASK_ID:?this is the task of an array: sbatch --array=1-$REPRO_SHARDS}
status=0
# shellcheck disable=SC2086 # words
"$REPRO" $REPRO_DO "$REPRO_LIST" --shard "$shard/$REPRO_SHARDS" --output "$REPRO_OUT/$shard-of-$REPRO_SHARDS.jsonl" \
    --jobs "${SLURM_CPUS_PER_TASK:-1}" || status=$?
# That something differs is a result. With 2, something could not be read, or the lines not be written.
[ "$status" -le 1 ] || exit "$status"
