-- The command `berth` as a plain script, without path tricks: whoever starts it (build/berth in the
-- tree, a rock's wrapper, an installed bin/berth) has said where modules are.

os.exit(require("berth.cli.dispatch").main(arg), true)
