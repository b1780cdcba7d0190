import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './theme/tokens.css';
import './theme/global.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { LabProvider } from './client/context.tsx';
import { LabClient } from './client/labClient.ts';
import { portLink } from './client/portLink.ts';
import { serveToken } from './client/serveToken.ts';
import { webSocketLink } from './client/webSocketLink.ts';
import './shared/dialogs.ts';

/** In the desktop window the page comes from app://; in a browser, from `causeway serve`, with the token in the address. */
function link() {
  if (window.location.protocol === 'app:') return portLink();
  return webSocketLink(`ws://${window.location.host}/lab?token=${encodeURIComponent(serveToken())}`);
}

createRoot(document.getElementById('root')!).render(
  <LabProvider client={new LabClient(link())}>
    <App />
  </LabProvider>,
);
