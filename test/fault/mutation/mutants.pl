#!/usr/bin/perl
# mutants.pl FILE…: one line a mutant of these C sources: file, line, what the line becomes, tabs between.
# Each is one small mistake that a person could make: a condition turned round, a sign, a status, a call left out.
use strict;
use warnings;

# What is written here becomes what is written there, one place at a time.
my @swaps = (
	[qr/==/, '!='], [qr/!=/, '=='], [qr/<=/, '<'], [qr/>=/, '>'], [qr/(?<= )<(?= )/, '<='], [qr/(?<= )>(?= )/, '>='],
	[qr/&&/, '||'], [qr/\|\|/, '&&'], [qr/ \+ 1\b/, ''], [qr/ - 1\b/, ''], [qr/\+=/, '-='], [qr/!(?=[a-z])/, ''],
	[qr/\btrue\b/, 'false'], [qr/\bfalse\b/, 'true'],
	[qr/return 0;/, 'return -1;'], [qr/return -1;/, 'return 0;'], [qr/return 1;/, 'return 0;'],
	[qr/LEDGER_APPLIED/, 'LEDGER_ACKED'], [qr/LEDGER_ACKED/, 'LEDGER_APPLIED'], [qr/LEDGER_FAILED/, 'LEDGER_PARKED'],
	[qr/\bbreak;/, ';'], [qr/\bcontinue;/, ';'],
);

# A line whose strings are blanked, so that nothing in them is taken for code.
sub code {
	my ($line) = @_;
	$line =~ s/"(?:\\.|[^"\\])*"/'"' . '_' x (length($&) - 2) . '"'/ge;
	return $line;
}

for my $file (@ARGV) {
	open(my $in, '<', $file) or die "$file: $!\n";
	my $comment = 0;
	while (my $line = <$in>) {
		chomp $line;
		$comment = 1 if $line =~ m{^\s*/\*};
		my $skip = $comment || $line !~ /^\t/ || $line =~ /^\t(?:static|const|struct|enum)\b/;
		$comment = 0 if $line =~ m{\*/};
		next if $skip;
		my $code = code($line);
		for my $swap (@swaps) {
			while ($code =~ /$swap->[0]/g) {
				my $mutant = $line;
				substr($mutant, $-[0], $+[0] - $-[0]) = $swap->[1];
				print "$file\t$.\t$mutant\n";
			}
		}
		# A call or an assignment that stands alone, left out.
		print "$file\t$.\t$1;\n" if $code =~ /^(\t+)(?!return\b|else\b|goto\b)[\w>.\[\]*+-]+(?:\(| [+-]?= ).*;$/;
	}
}
