import { serveJobs } from '../../src/workers/serve.ts'
import { trialJobs } from './trial-jobs.ts'

serveJobs(trialJobs)
