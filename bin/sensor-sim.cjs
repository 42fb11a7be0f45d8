#!/usr/bin/env node
require('../dist/sensor-sim.cjs')
