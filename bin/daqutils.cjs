#!/usr/bin/env node
require('../dist/daqutils.cjs')
