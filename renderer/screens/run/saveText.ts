/** Hands a text to the person as a file: the browser's (or the desktop window's) own way to save. */
export function saveText(file: { readonly fileName: string; readonly mediaType: string; readonly text: string }): void {
  const url = URL.createObjectURL(new Blob([file.text], { type: `${file.mediaType};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = file.fileName;
  link.click();
  // The download has its own reference once the click is handled.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
