#!/usr/bin/env node
require('../dist/repack.cjs')
