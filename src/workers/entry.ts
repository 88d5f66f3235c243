import { jobs } from './jobs.ts'
import { serveJobs } from './serve.ts'

serveJobs(jobs)
