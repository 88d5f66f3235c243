#!/usr/bin/env node
import '../scripts/contango.mjs'
