'use client';

import { useEffect, useState } from 'react';
import { predict, report } from '../predict.js';

export function Prediction({ onServer }) {
  const [inPage, setInPage] = useState();
  useEffect(() => {
    const run = async () => {
      if (!crossOriginIsolated) throw new Error('proxy.js must have set the headers');
      report('server', onServer);
      const cpu = await predict('/small.keras', 'convnet-cpu');
      report('cpu', cpu);
      report('webgl', await predict('/small.keras', 'convnet-webgl'));
      setInPage(cpu);
    };
    run();
  }, [onServer]);
  return (
    <pre>
      {onServer.join()} {inPage?.join()}
    </pre>
  );
}
