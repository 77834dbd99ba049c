# places: 5
print "built ".localtime()."\n";
my $now = localtime;
print OUT "/* generated $now */\n";
my @t = gmtime(time);
printf("%d", $t[5] + 1900);
print OUT strftime("%Y", localtime time), "\n";
my @now = localtime();
my $YEAR = $now[5] + 1900;
print OUT <<"END";
Copyright $YEAR
END
