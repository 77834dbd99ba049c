#!/bin/sh
. /home/carol/evil
