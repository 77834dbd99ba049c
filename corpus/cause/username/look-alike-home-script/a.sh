#!/bin/sh
. /home/alice/env
