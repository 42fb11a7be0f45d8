#!/usr/bin/env node
require('../dist/log-source.cjs')
