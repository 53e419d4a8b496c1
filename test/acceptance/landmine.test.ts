import { sharedData } from '../support/project.ts';
import { demandTable, oneMinusAuc } from '../support/table-demand.ts';

demandTable({
  name: 'landmine',
  alone: 0.338,
  alonePercent: 5,
  complete: [13, 21],
  networkedSteps: 60,
  error: oneMinusAuc,
  environment: { KINDRED_DATA: sharedData },
  skip: sharedData === undefined && 'its data is not beside the project',
});
