// VitePress's own theme, with the colours of the demo.

import DefaultTheme from 'vitepress/theme';
import './style.css';

export default DefaultTheme;
