#!/usr/bin/perl
for my $v (values %Global::running) {
    print $Global::original_stderr "$Global::progname: ", $v->replaced(), "\n";
}
