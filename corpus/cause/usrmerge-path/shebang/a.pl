#!/bin/perl -w
use strict;
print "hello\n";
