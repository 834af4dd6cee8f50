import { predict } from '../predict.js';
import { Prediction } from './Prediction.jsx';

export const dynamic = 'force-dynamic'; // so that the server predicts for each visit

export default async function Page() {
  const values = await predict('public/small.keras', 'convnet');
  return <Prediction onServer={values} />;
}
