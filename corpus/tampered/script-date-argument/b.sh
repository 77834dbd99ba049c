#!/bin/sh
expire --after 2120-09-13
