#!/usr/bin/env perl
# Perl, whatever its name says.
for my $item (sort { $data{$b} <=> $data{$a} } keys %data) { printf "%s\n", $item; }
