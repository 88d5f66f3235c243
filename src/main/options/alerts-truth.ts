import { DEMO_OPTION_ROOTS, type DemoOptionRoot, demoOptionListing } from '../../core/options/demo/listing.ts'
import { type DemoPlantKind, demoPlants } from '../../core/options/demo/plants.ts'
import type { PlantedFault } from './alerts-precision.ts'

/** The detector whose business each planted fault is; one bad price may be named by any of those that look at prices. */
const DETECTOR_OF: Partial<Readonly<Record<DemoPlantKind, string>>> = {
  cheap: 'smile-residual',
  rich: 'smile-residual',
  vertical: 'vertical',
  butterfly: 'butterfly',
  parity: 'parity',
  volume: 'volume-burst',
  spread: 'spread-shock',
  skew: 'skew-shift',
}

/** Everything that the demo market planted for the detectors in a chain between two instants. */
export function plantedFaults(seed: number, symbol: string, from: number, to: number): PlantedFault[] {
  const root = DEMO_OPTION_ROOTS.find(known => known === symbol) as DemoOptionRoot | undefined
  if (root === undefined) return []
  return demoPlants(seed, root, from, to).flatMap(plant => {
    const detector = DETECTOR_OF[plant.kind]
    if (!plant.alerts || detector === undefined) return []
    const { contracts, rowOf } = demoOptionListing(seed, root, plant.from)
    const keys = plant.keys.flatMap(key => {
      const option = contracts[rowOf.get(key) ?? -1]
      return option ? [`${option.expiry} ${option.strike} ${option.side > 0 ? 'C' : 'P'}`] : []
    })
    return [{ kind: plant.kind, from: plant.from, to: plant.to, contracts: new Set(keys), detector }]
  })
}
