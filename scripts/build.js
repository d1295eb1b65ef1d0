#!/usr/bin/env node
// Compiles src to dist, with the files that the compiler does not copy.
import { bootstrap } from './bootstrap.js'
import { exitOnFailure } from './lib/failure.js'

exitOnFailure(bootstrap())
