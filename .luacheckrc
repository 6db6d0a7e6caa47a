std = "lua54"
max_line_length = 140
cache = false
self = false

files["spec"] = { std = "lua54+busted", max_line_length = 160 }
-- A runbook sees only what its environment offers; what the environment refuses at run time is refused here too.
files["scripts"] = { not_globals = {
  "load", "loadfile", "loadstring", "dofile", "require", "print", "io", "os", "debug", "package", "collectgarbage",
} }
-- Documented examples as they are printed.
files["spec/vectors"] = { max_line_length = false }
