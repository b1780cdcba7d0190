/** Texts that want to do harm where a window takes them for anything but text. */
export const SCRIPT = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>';
export const REVERSED = '\u202egnp.exe\u2066\u200f';
export const HOSTILE = `${SCRIPT}"'\`\${window.owned=1}{{constructor.constructor('window.owned=1')()}}javascript:window.owned=1${REVERSED}`;
export const CONTROLS = 'a\u0007\u001b[31mred\u0008\u007f\u0085b';
