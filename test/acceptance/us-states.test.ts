import { demandTable, relativeRmse } from '../support/table-demand.ts';

demandTable({ name: 'us-states', alone: 0.04541, alonePercent: 3, complete: [18, 28], networkedSteps: 60, error: relativeRmse });
