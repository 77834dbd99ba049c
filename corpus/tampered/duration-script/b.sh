#!/bin/sh
sleep 9.5s # elapsed: 1.5s
run
