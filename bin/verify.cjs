#!/usr/bin/env node
require('../dist/verify.cjs')
