#!/usr/bin/env python3
"""Makes a proteome of human size: the proteins of FASTA files, then random ones of like peptides.

  bench/make_proteome.py --out human_size.fasta --proteins 20000 FASTA...

The proteins of the files come first, as they are. The others are made of the files' own tryptic pieces, the
inner residues of each shuffled, so that lengths, composition and cleavage sites are natural but the
peptides are new. Deterministic: equal files, number and seed give equal bytes.
"""
import argparse
import gzip
import random
import re


def read_fasta(path):
    """Sequences by identifier, in the order of the file."""
    opener = gzip.open if path.endswith(".gz") else open
    proteins, name = {}, None
    with opener(path, "rt") as lines:
        for line in lines:
            if line.startswith(">"):
                name = line[1:].split()[0]
                proteins[name] = []
            elif name:
                proteins[name].append(line.strip())
    return {name: "".join(parts) for name, parts in proteins.items()}


def shuffled(piece, rng):
    inner = list(piece[:-1])
    rng.shuffle(inner)
    return "".join(inner) + piece[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fasta", nargs="+")
    parser.add_argument("--out", required=True)
    parser.add_argument("--proteins", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    real = {}
    for path in arguments.fasta:
        for name, sequence in read_fasta(path).items():
            real.setdefault(name.split("|")[1] if "|" in name else name, sequence)
    real = dict(list(real.items())[:arguments.proteins])
    pieces = [piece for sequence in real.values() for piece in re.findall(r"[^KR]*[KR]|[^KR]+$", sequence)]
    lengths = [len(sequence) for sequence in real.values()]
    with open(arguments.out, "w", encoding="ascii") as out:
        for name, sequence in real.items():
            out.write(f">sp|{name}|REAL\n{sequence}\n")
        for i in range(arguments.proteins - len(real)):
            wanted, sequence = rng.choice(lengths), "M"
            while len(sequence) < wanted:
                sequence += shuffled(rng.choice(pieces), rng)
            out.write(f">sp|Z{i:05d}|MADE GN=made{i}\n{sequence}\n")


if __name__ == "__main__":
    main()
