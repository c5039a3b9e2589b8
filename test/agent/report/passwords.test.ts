import { expect, test } from 'vitest'
import { withoutPasswords } from '../../../agent/report/passwords.ts'

test.each([
  ['StoragePass=a b', 'StoragePass=(left out) b'],
  ['{"password": "a", "user": "b"}', '{"password": "(left out)", "user": "b"}'],
  ['Secret : a', 'Secret : (left out)'],
  ['https://b.example.com/x?X-Amz-Signature=a&X-Amz-Date=b', 'https://b.example.com/x?X-Amz-Signature=(left out)'],
  ['StoragePass=a,b;c&d', 'StoragePass=(left out)'],
  ['StoragePass="my pass word"', 'StoragePass="(left out)"'],
  ["StoragePass='my pass word' # x", "StoragePass='(left out)' # x"],
  ['StoragePass=hun"ter2 b', 'StoragePass=(left out) b'],
  ['StoragePass="open', 'StoragePass=(left out)'],
  ['StoragePass="open b', 'StoragePass=(left out) b'],
  [
    String.raw`{"message":"password=\"hunter2\" was","b":1}`,
    String.raw`{"message":"password=\"(left out)\" was","b":1}`,
  ],
  [String.raw`{"message":"password=\"hun'ter\""}`, String.raw`{"message":"password=\"(left out)\""}`],
  [String.raw`{"password":"a\"b","c":1}`, '{"password":"(left out)","c":1}'],
  [String.raw`{"line":"StoragePass=a","b":1}`, '{"line":"StoragePass=(left out)","b":1}'],
  [
    String.raw`//nas/x /mnt/x cifs username=u,password=a,vers=3 0 0`,
    '//nas/x /mnt/x cifs username=u,password=(left out) 0 0',
  ],
  ['SecretAccessKey: a', 'SecretAccessKey: (left out)'],
  ['deb https://u:p4ss@repo.example.com/x y', 'deb https://u:(left out)@repo.example.com/x y'],
  ['deb https://t0ken@repo.example.com/x y', 'deb https://(left out)@repo.example.com/x y'],
  ['{"url":"https://u:p@x/?token=a","b":1}', '{"url":"https://u:(left out)@x/?token=(left out)","b":1}'],
  ['"aws_session_token":"a"', '"aws_session_token":"(left out)"'],
  ['a credential was made and decoded', 'a credential was made and decoded'],
  ['/dev/sda / ext4 rw,errors=remount-ro 0 1', '/dev/sda / ext4 rw,errors=remount-ro 0 1'],
])('%s becomes %s', (text, cleaned) => {
  expect(withoutPasswords(text)).toBe(cleaned)
})
