#!/bin/sh
sleep 1.5s # elapsed: 1.5s
run
