#!/usr/bin/perl
# Tells a developer something; makes nothing.
foreach (keys %ac_defines) {
	print "$ac_defines{$_}: Autoconf-defined $_ is unused\n";
}
