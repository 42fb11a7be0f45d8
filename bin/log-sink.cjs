#!/usr/bin/env node
require('../dist/log-sink.cjs')
