#!/bin/sh
expire --after 2020-09-13
